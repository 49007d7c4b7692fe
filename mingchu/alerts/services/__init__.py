"""The alerts' services, as pages, jobs and reactions use them."""
