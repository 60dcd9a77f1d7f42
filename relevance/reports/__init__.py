"""Reports of the workbench: a page for people, JUnit XML and Markdown for CI. All text in them is escaped."""
