"""What every task of this room stands on."""
