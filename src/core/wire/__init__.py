"""The documents of the service's REST protocol: values to plain JSON and back, for a client and for a server alike."""
