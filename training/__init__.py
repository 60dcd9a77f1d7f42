"""Training of models on a shop's own data; serving needs neither torch nor scikit-learn."""
