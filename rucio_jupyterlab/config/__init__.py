"""What operators configure: the trait class, one validated instance, remote and environment
sources.
"""
