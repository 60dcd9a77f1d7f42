"""Parse the cells of one raw row, each kind of value in a module of its own."""
