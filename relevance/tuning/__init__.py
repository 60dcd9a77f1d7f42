"""Better numbers for the ranking recipe, from judged queries."""
