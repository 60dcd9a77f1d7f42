"""Models trained on a shop's own data; what serves needs neither torch nor scikit-learn."""
