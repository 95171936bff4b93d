"""The app in a browser: a server on top of textual-serve, with a process for every tab.

    address   what is listened on, and where that is
    door      which requests are answered
    server    the pages, the WebSockets, and the process behind each
    session   that process: the app, without a terminal
    driver    how the app there hears that the server is gone
    pages/    what a browser loads; nothing of it comes from elsewhere

Whoever gets in works as the user does: they write the files, run programs, and train. So the address holds a secret,
which also keeps out others who are logged in on this machine, and a request that another site's page has sent is
refused even when it knows the secret.
"""
