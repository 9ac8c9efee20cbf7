"""The address that machines post to in order to fire a flow."""
