"""Lists of customers in the home: who may leave, whom to win back, and the hold-outs of campaigns."""
