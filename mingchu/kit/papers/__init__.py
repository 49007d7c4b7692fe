"""Papers 文书: letters, one-page files, tables, enrolment sheets and charts, set by typst."""
