"""Rules on place-name signs (地名标志): types, texts, colours, layout, where signs are wanted. Pure: no database, no Django."""
