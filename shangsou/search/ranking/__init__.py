"""The ranking recipe and its versions, retrieval and fusion."""
