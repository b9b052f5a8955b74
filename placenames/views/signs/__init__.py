"""Pages of signs: the register, what is lacking, work orders, types, and what the public sees."""
