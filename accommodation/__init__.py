"""Safe accommodation: providers, places and spaces. The room is reserved; nothing is stored here yet."""
