import GRDB

/// The tables of the store and the steps that led to them.
enum StoreSchema {
    /// Each step is applied once, in order; steps that were released are never changed.
    static let steps = [
        firstStep, secondStep, thirdStep, fourthStep, numberStep, voiceResourcesStep, recordTermsStep,
        applicationServicesStep,
        eventStep, eventUserStep,
    ]

    /// Applies the steps that the database lacks. Throws where the file is no store, or one of a newer release.
    static func update(_ database: Database) throws {
        try check(database)
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version < steps.count else { return }
        for step in steps[version...] { try database.execute(sql: step) }
        try database.execute(sql: "PRAGMA user_version = \(steps.count)")
    }

    /// Throws where the file is no store, or one of a newer release.
    static func check(_ database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard version > 0 || tables == 0 else { throw StoreError("", "the file is the database of another program") }
        guard version <= steps.count else {
            throw StoreError("", "the file was made by a newer release (schema \(version), known is \(steps.count))")
        }
    }

    /// Ids of records grow with time, so that the primary key finds times too; an index more costs every call a fifth of
    /// what its record costs.
    private static let firstStep = """
        CREATE TABLE customers (
            id INTEGER PRIMARY KEY, parent INTEGER, name TEXT NOT NULL, web_login TEXT, api_password TEXT,
            api_access INTEGER NOT NULL, max_sessions INTEGER NOT NULL, max_calls_per_second INTEGER NOT NULL,
            routing_group INTEGER, blocked INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, authname TEXT, voip_password TEXT,
            max_sessions INTEGER NOT NULL, max_calls_per_second INTEGER NOT NULL, max_credit_time_ms INTEGER,
            routing_group INTEGER, cli_translation TEXT, cld_translation TEXT, media TEXT, blocked INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE authentication_rules (
            id INTEGER PRIMARY KEY, account INTEGER NOT NULL, remote_ip TEXT NOT NULL, cli TEXT, cld TEXT
        ) STRICT;
        CREATE TABLE vendors (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        CREATE TABLE connections (
            id INTEGER PRIMARY KEY, vendor INTEGER NOT NULL, name TEXT NOT NULL, destination TEXT NOT NULL,
            username TEXT, password TEXT, register INTEGER NOT NULL, capacity INTEGER NOT NULL,
            max_calls_per_second INTEGER NOT NULL, cli_translation TEXT, cld_translation TEXT, media TEXT,
            huntstop_codes TEXT NOT NULL, keepalive_ms INTEGER NOT NULL, blocked INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE destination_sets (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        CREATE TABLE routes (
            destination_set INTEGER NOT NULL, position INTEGER NOT NULL, prefix TEXT NOT NULL,
            preference INTEGER NOT NULL, price_millionths INTEGER NOT NULL, timeout_1xx_ms INTEGER,
            timeout_2xx_ms INTEGER, huntstop INTEGER NOT NULL, forbidden INTEGER NOT NULL,
            PRIMARY KEY (destination_set, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE routing_groups (id INTEGER PRIMARY KEY, name TEXT NOT NULL, policy TEXT NOT NULL) STRICT;
        CREATE TABLE routing_group_members (
            routing_group INTEGER NOT NULL, position INTEGER NOT NULL, connection INTEGER NOT NULL,
            destination_set INTEGER NOT NULL, preference INTEGER NOT NULL, weight INTEGER NOT NULL,
            PRIMARY KEY (routing_group, position)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE dids (
            number TEXT PRIMARY KEY, account INTEGER, application TEXT, connection INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE users (
            id TEXT PRIMARY KEY, customer INTEGER NOT NULL, account INTEGER NOT NULL, token TEXT NOT NULL,
            secret TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE applications (
            id TEXT PRIMARY KEY, user TEXT, name TEXT NOT NULL, incoming_call_url TEXT,
            incoming_call_fallback_url TEXT, callback_http_method TEXT NOT NULL,
            callback_timeout_ms INTEGER NOT NULL, auto_answer INTEGER NOT NULL, builtin TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE application_parameters (
            application TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (application, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE call_detail_records (
            id INTEGER PRIMARY KEY, call INTEGER NOT NULL, node TEXT NOT NULL, i_environment INTEGER NOT NULL,
            caller_call_id TEXT NOT NULL, callee_call_id TEXT NOT NULL,
            cli_in TEXT NOT NULL, cld_in TEXT NOT NULL, cli_out TEXT NOT NULL, cld_out TEXT NOT NULL,
            i_account INTEGER NOT NULL, i_customer INTEGER NOT NULL, i_vendor INTEGER NOT NULL,
            i_connection INTEGER NOT NULL,
            setup_ms INTEGER NOT NULL, ringing_ms INTEGER, answer_ms INTEGER, end_ms INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL,
            ended_by TEXT NOT NULL, status INTEGER NOT NULL, cause INTEGER NOT NULL, clearing_cause INTEGER NOT NULL,
            hangup_cause INTEGER NOT NULL, detail TEXT NOT NULL,
            caller_packets INTEGER, caller_bytes INTEGER, caller_lost INTEGER, caller_rejected INTEGER,
            caller_jitter_us INTEGER,
            callee_packets INTEGER, callee_bytes INTEGER, callee_lost INTEGER, callee_rejected INTEGER,
            callee_jitter_us INTEGER
        ) STRICT;
        CREATE TABLE route_attempts (
            record INTEGER NOT NULL, position INTEGER NOT NULL, connection INTEGER NOT NULL, outcome TEXT NOT NULL,
            status INTEGER NOT NULL, delay_ms INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (record, position)
        ) STRICT, WITHOUT ROWID;
        """

    private static let secondStep = """
        CREATE TABLE run (
            id INTEGER PRIMARY KEY CHECK (id = 1), started_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE calls_in_progress (
            call INTEGER PRIMARY KEY, node TEXT NOT NULL, i_environment INTEGER NOT NULL, caller_call_id TEXT NOT NULL,
            cli TEXT NOT NULL, cld TEXT NOT NULL, i_account INTEGER NOT NULL, i_customer INTEGER NOT NULL,
            i_vendor INTEGER NOT NULL, i_connection INTEGER NOT NULL, setup_ms INTEGER NOT NULL,
            answer_ms INTEGER NOT NULL
        ) STRICT;
        """

    /// What the XML-RPC interface provisions: more of what calls heed, attributes that are only kept, ids that are never
    /// given twice, and a number that grows with every change.
    private static let thirdStep = """
        ALTER TABLE customers ADD COLUMN max_depth INTEGER;
        ALTER TABLE customers ADD COLUMN accounts_mgmt INTEGER NOT NULL DEFAULT 7;
        ALTER TABLE customers ADD COLUMN customers_mgmt INTEGER NOT NULL DEFAULT 7;
        ALTER TABLE customers ADD COLUMN attributes TEXT;
        ALTER TABLE accounts ADD COLUMN username TEXT;
        ALTER TABLE accounts ADD COLUMN expiration_ms INTEGER;
        ALTER TABLE accounts ADD COLUMN attributes TEXT;
        ALTER TABLE authentication_rules RENAME TO earlier_rules;
        CREATE TABLE authentication_rules (
            id INTEGER PRIMARY KEY, account INTEGER NOT NULL, remote_ip TEXT, cli TEXT, cld TEXT, to_domain TEXT,
            from_domain TEXT, protocol INTEGER NOT NULL DEFAULT 1, cli_translation TEXT, cld_translation TEXT,
            routing_group INTEGER, max_sessions INTEGER NOT NULL DEFAULT -1,
            max_calls_per_second INTEGER NOT NULL DEFAULT -1, attributes TEXT
        ) STRICT;
        INSERT INTO authentication_rules (id, account, remote_ip, cli, cld)
            SELECT id, account, remote_ip, cli, cld FROM earlier_rules;
        DROP TABLE earlier_rules;
        ALTER TABLE vendors ADD COLUMN attributes TEXT;
        ALTER TABLE connections ADD COLUMN enforce_capacity INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE connections ADD COLUMN timeout_1xx_ms INTEGER;
        ALTER TABLE connections ADD COLUMN attributes TEXT;
        ALTER TABLE destination_sets ADD COLUMN attributes TEXT;
        ALTER TABLE routes ADD COLUMN activation_ms INTEGER;
        ALTER TABLE routes ADD COLUMN expiration_ms INTEGER;
        ALTER TABLE routes ADD COLUMN attributes TEXT;
        CREATE UNIQUE INDEX routes_by_prefix ON routes (destination_set, prefix);
        ALTER TABLE routing_groups ADD COLUMN attributes TEXT;
        ALTER TABLE routing_group_members ADD COLUMN id INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE routing_group_members ADD COLUMN activation_ms INTEGER;
        ALTER TABLE routing_group_members ADD COLUMN expiration_ms INTEGER;
        ALTER TABLE routing_group_members ADD COLUMN attributes TEXT;
        UPDATE routing_group_members SET id = (
            SELECT count(*) FROM routing_group_members AS other
            WHERE (other.routing_group, other.position)
                <= (routing_group_members.routing_group, routing_group_members.position));
        ALTER TABLE dids ADD COLUMN id INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE dids ADD COLUMN incoming_number TEXT;
        ALTER TABLE dids ADD COLUMN attributes TEXT;
        UPDATE dids SET id = (SELECT count(*) FROM dids AS other WHERE other.number <= dids.number);
        CREATE UNIQUE INDEX dids_by_id ON dids (id);
        CREATE TABLE identifiers (list TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        INSERT INTO identifiers SELECT 'customers', max(coalesce(max(id), 1), 1) FROM customers;
        INSERT INTO identifiers SELECT 'accounts', coalesce(max(id), 0) FROM accounts;
        INSERT INTO identifiers SELECT 'authentication_rules', coalesce(max(id), 0) FROM authentication_rules;
        INSERT INTO identifiers SELECT 'vendors', coalesce(max(id), 0) FROM vendors;
        INSERT INTO identifiers SELECT 'connections', coalesce(max(id), 0) FROM connections;
        INSERT INTO identifiers SELECT 'destination_sets', coalesce(max(id), 0) FROM destination_sets;
        INSERT INTO identifiers SELECT 'routing_groups', coalesce(max(id), 0) FROM routing_groups;
        INSERT INTO identifiers SELECT 'routing_group_members', coalesce(max(id), 0) FROM routing_group_members;
        INSERT INTO identifiers SELECT 'dids', coalesce(max(id), 0) FROM dids;
        CREATE TABLE provisioning_changes (
            id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL
        ) STRICT;
        INSERT INTO provisioning_changes VALUES (1, 0);
        """

    /// Calls that the switch places: how a call began, whom an attempt called, and the callbacks that were asked for.
    private static let fourthStep = """
        ALTER TABLE call_detail_records ADD COLUMN origin TEXT NOT NULL DEFAULT 'inbound';
        ALTER TABLE route_attempts ADD COLUMN party TEXT NOT NULL DEFAULT 'callee';
        ALTER TABLE calls_in_progress ADD COLUMN origin TEXT NOT NULL DEFAULT 'inbound';
        CREATE TABLE callback_requests (
            id INTEGER PRIMARY KEY AUTOINCREMENT, i_account INTEGER NOT NULL, first TEXT NOT NULL, first_shown TEXT,
            second TEXT NOT NULL, second_shown TEXT, credit_seconds INTEGER, due_ms INTEGER NOT NULL,
            stage TEXT NOT NULL, reason TEXT NOT NULL, record INTEGER
        ) STRICT;
        CREATE INDEX waiting_callbacks ON callback_requests (due_ms) WHERE stage = 'scheduled';
        """

    /// Whose a number is on the voice REST interface, and where its calls go when nobody takes them.
    private static let numberStep = """
        ALTER TABLE dids ADD COLUMN user TEXT;
        ALTER TABLE dids ADD COLUMN fallback_number TEXT;
        """

    /// Calls, recordings, bridges and conferences of the voice REST interface.
    private static let voiceResourcesStep = """
        CREATE TABLE voice_resources (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, user TEXT NOT NULL,
            created_ms INTEGER NOT NULL, origin TEXT NOT NULL, destination TEXT NOT NULL, is_over INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX voice_resources_by_id ON voice_resources (kind, id);
        CREATE INDEX voice_resources_by_user ON voice_resources (user, kind, created_ms);
        CREATE INDEX voice_resources_in_progress ON voice_resources (kind) WHERE is_over = 0;
        CREATE TABLE voice_groups (
            member_of TEXT NOT NULL, call TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (member_of, call)
        ) STRICT, WITHOUT ROWID;
        """

    /// Who pays for the calls of an application, and what starts it over HTTP.
    private static let applicationServicesStep = """
        ALTER TABLE applications ADD COLUMN account INTEGER;
        ALTER TABLE applications ADD COLUMN password TEXT;
        """

    /// Where callers called from, with what, and by which route at which price.
    private static let recordTermsStep = ["call_detail_records", "calls_in_progress"].map { table in
        """
        ALTER TABLE \(table) ADD COLUMN remote_ip TEXT NOT NULL DEFAULT '';
        ALTER TABLE \(table) ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
        ALTER TABLE \(table) ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
        ALTER TABLE \(table) ADD COLUMN price_millionths INTEGER NOT NULL DEFAULT 0;
        """
    }.joined(separator: "\n")
}
