"""What a catalog and its shoppers say: phrases, how often they are said, and how they sound."""
