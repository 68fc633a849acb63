DEBUG = False

# Not a real key: the text says so in base64.
SIGNING_KEY = """
-----BEGIN PRIVATE KEY-----
VGhpcyBpcyBub3QgYSByZWFsIGtleSwgaXQgaXMgYW4gZXhhbXBsZSBvZiBvbmUg
dGhhdCB3YXMgbGVmdCBpbiBhIHNvdXJjZSBmaWxlIGJ5IG1pc3Rha2Uu
-----END PRIVATE KEY-----
"""
