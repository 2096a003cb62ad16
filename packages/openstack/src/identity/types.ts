/** Keystone's reference to a user, project, domain or role. */
export interface NamedRef {
  readonly id: string;
  readonly name: string;
}

/** One URL of a service. Identity API v3, "Service catalog and endpoints". */
export interface CatalogEndpoint {
  readonly id: string;
  readonly interface: string;
  readonly url: string;
  readonly region_id?: string | null;
  readonly region?: string | null;
}

/** One service of the catalog in a scoped token. */
export interface CatalogEntry {
  readonly id: string;
  /** For example `identity`, `network`. */
  readonly type: string;
  readonly name: string;
  readonly endpoints: readonly CatalogEndpoint[];
}

/** One kind of call that an application credential allows (Identity API v3, "Application credentials"). */
export interface AccessRule {
  /** Service type, for example `network`. */
  readonly service: string;
  readonly method: string;
  /** `*` and `{name}` stand for one segment of the path, or a part of it; `**` for any number of segments. */
  readonly path: string;
}

/**
 * The `token` object of `POST /v3/auth/tokens` and `GET /v3/auth/tokens` (Identity API v3, "Authentication
 * and token management"). It does not contain the token's id, which is in the header X-Subject-Token.
 */
export interface KeystoneToken {
  readonly methods: readonly string[];
  readonly user: NamedRef & { readonly domain: NamedRef; readonly password_expires_at?: string | null };
  readonly audit_ids: readonly string[];
  /** ISO 8601, UTC. */
  readonly expires_at: string;
  readonly issued_at: string;
  /** Missing in an unscoped token, as are `roles` and `catalog`. */
  readonly project?: NamedRef & { readonly domain: NamedRef };
  readonly is_domain?: boolean;
  readonly roles?: readonly NamedRef[];
  readonly catalog?: readonly CatalogEntry[];
  readonly application_credential?: NamedRef & {
    readonly restricted: boolean;
    /** Missing if the credential allows every call that its roles allow. */
    readonly access_rules?: readonly AccessRule[];
  };
  readonly [attribute: string]: unknown;
}

/** A token with its secret id. The printed or serialized object shows `***` instead of the id. */
export type IssuedToken = KeystoneToken & { readonly id: string };
