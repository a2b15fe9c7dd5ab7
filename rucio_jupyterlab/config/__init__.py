"""What operators configure: the trait class, one checked instance, where else keys come from."""
