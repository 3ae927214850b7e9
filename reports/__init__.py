"""Reports: the records of a grading run as pages and tables. It reads record types only and never runs anything.

`render.write_all` writes everything for a class; `feedback.student_page`, `class_page.class_page`, `handout.handout_page` and
`gradebook.gradebook_csv` are pure functions from records to text. Further exports go beside `gradebook`.
"""
