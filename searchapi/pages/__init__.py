"""The pages as the server renders them: results with their first page, and products."""
