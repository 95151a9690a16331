"""What anybody may ask in writing without an account, and how the line answers it."""
