"""What runs in a job's own process: the only code that imports rucio-clients, which blocks, keeps
its configuration for the whole process and rewrites ``sys.argv``.
"""
