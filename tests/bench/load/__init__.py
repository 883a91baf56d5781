"""What makes load: wrk, and programs for Node (TypeScript, run as it is)."""
