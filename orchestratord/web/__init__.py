"""The HTTP door: routes from the verbs, tokens, Host and Origin checks, Prometheus, the event stream.

Open it with :class:`orchestratord.web.server.Web`. One request's way::

    listener     accepts within the limits on connections, TLS where configured
    connection   one client: deadlines on headers and on reading what was sent
    door         a request id, the rate, guard (Host, Origin), authenticate (tokens), and one shape for every error
    routes       finds the verb, collects its parameters; verbs.dispatch performs, permits and audits
"""
