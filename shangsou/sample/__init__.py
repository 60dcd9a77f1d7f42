"""The sample shop: invented products, their drawn pictures, and judged queries."""
