"""Complaints and reports 投诉举报: taken in, answered in time, whoever reports kept from view.

Law: the measures on complaints and reports of the market regulator (Order 20, since 2026-04-15
Order 121), as dated rules `complaint.*`. Says: `ComplaintRegistered`, `ComplaintMoved` and their
kin. Raises the signals `complaint_received`, `complaint_due`, `complaint_cluster`,
`illness_cluster`.
"""
