"""What shoppers do: events, where they are kept, and what is known of a shopper by them."""
