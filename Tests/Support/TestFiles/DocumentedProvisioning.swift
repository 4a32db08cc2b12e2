/// The provisioning file of the documentation.
public let documentedProvisioning = """
    customers:
      - id: 1
        name: root
        web_login: root                 # HTTP digest user of the XML-RPC interface
        api_password: change-me
        api_access: true
      - id: 2
        parent: 1
        name: acme
        web_login: acme
        api_password: acme-secret
        api_access: true
        max_sessions: 100               # -1 = no limit, the default
        max_calls_per_second: -1
    accounts:
      - id: 3
        customer: 2
        authname: alice                 # SIP digest user
        voip_password: alice-secret
        max_sessions: 10
        max_calls_per_second: -1
        max_credit_time: 1h             # longest answered call; the switch ends it
        routing_group: 1
        cli_translation: null           # s/match/replace/; several joined by ;
        cld_translation: null
    authentication_rules:               # trusted by address instead of digest; more specific wins
      - { id: 1, account: 3, remote_ip: 127.0.0.5/32, cli: null, cld: null }
    vendors:
      - { id: 1, name: carrier }
    connections:
      - id: 1
        vendor: 1
        name: carrier-a
        destination: sip:127.0.0.1:5070;transport=udp
        username: null                  # answers its 401/407 challenges
        password: null
        register: false                 # keep a registration there
        capacity: -1
        max_calls_per_second: -1
        cli_translation: null
        cld_translation: null
        media: null                     # relay | direct
        huntstop_codes: "486,600-699"   # final answers that end the hunt; others try the next route
        keepalive: 0s                   # OPTIONS interval; a connection that does not answer is skipped
    destination_sets:
      - id: 1
        name: world
        routes:
          - { prefix: "", preference: 1, price: "0.01", timeout_1xx: 5s, timeout_2xx: 60s, huntstop: false,
              forbidden: false }
          - { prefix: "44", preference: 5 }
    routing_groups:
      - id: 1
        name: default
        policy: preference              # preference | least_cost | prefix | order | weighted
        members:
          - { connection: 1, destination_set: 1, preference: 1, weight: 1 }
    dids:                               # numbers that come in; at most one of account, application, connection
      - { number: "13235550100", application: front-desk }
    users:
      - { id: u-acme, customer: 2, account: 3, token: t-acme, secret: s-acme }
    applications:
      - id: a-shop                      # driven by webhooks and REST
        user: u-acme
        name: shop
        incoming_call_url: http://127.0.0.1:9000/events
        incoming_call_fallback_url: null
        callback_http_method: POST
        callback_timeout: 10s
        auto_answer: true
      - { id: a-front, name: front-desk, builtin: front-desk }
    """
