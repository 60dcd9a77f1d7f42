"""Report pages: one HTML file each, in Chinese, with inline styles; what packages with reports share."""
