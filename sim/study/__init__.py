"""How often, and where: design points, replications, cells and their execution."""
