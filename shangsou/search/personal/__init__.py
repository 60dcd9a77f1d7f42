"""Results re-ranked by what the shopper did before."""
