"""What has been downloaded. The disk is looked at each time: users delete and change files."""
