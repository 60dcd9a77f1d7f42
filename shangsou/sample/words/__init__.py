"""The words of the sample shop: a JSON file a department, brands and colours as TSV. No code."""
