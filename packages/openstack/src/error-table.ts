/** What docs/errors.md says about a code: `when` is the cause, `hint` is what the caller can do about it. */
interface ErrorEntry {
  readonly when: string;
  readonly hint: string;
}

/** A service answered with an error: `OpenStackError`. */
export const answerErrors = {
  OPENSTACK_BAD_REQUEST: {
    when: 'The status is 400, or another 4xx that has no code of its own.',
    hint: "The service rejected the request: read the service's message.",
  },
  OPENSTACK_UNAUTHORIZED: {
    when: 'The status is 401, also after one renewal of the token where the credentials allow that; or Keystone answers a login by 404, because the application credential was deleted.',
    hint: 'The credentials are wrong, or the token is expired or revoked: get new ones and try again.',
  },
  OPENSTACK_ACCESS_RULES: {
    when: 'The status is 401, and no access rule of the application credential allows the call.',
    hint: 'The credential does not allow this call: use one whose access rules contain its method and path.',
  },
  OPENSTACK_RULES_UNSUPPORTED: {
    when: 'The status is 401 although the token is new and an access rule of the application credential allows the call.',
    hint: "The operator must set `service_type` in [keystone_authtoken] of the service's configuration (Neutron: `service_type = network`); until then, it refuses every credential with access rules.",
  },
  OPENSTACK_FORBIDDEN: {
    when: 'The status is 403.',
    hint: "The cloud's policy does not allow this to the user's roles in this project.",
  },
  OPENSTACK_NOT_FOUND: {
    when: 'The status is 404. Neutron answers 404 for resources of other projects too.',
    hint: 'The resource does not exist, or it belongs to another project: list the resources of this project.',
  },
  OPENSTACK_CONFLICT: {
    when: 'The status is 409.',
    hint: 'The current state of the resource does not allow this: see the type of the error.',
  },
  OPENSTACK_OVER_QUOTA: {
    when: 'The status is 409 and the type is `OverQuota`.',
    hint: "The project's quota is used up: delete something or ask for a higher quota.",
  },
  OPENSTACK_PRECONDITION_FAILED: {
    when: 'The status is 412: `ifMatch` names another revision than the current one.',
    hint: 'The resource has changed since it was read: read it again and repeat the call.',
  },
  OPENSTACK_RATE_LIMITED: {
    when: 'The status is 429 or 413.',
    hint: 'Too many requests for this cloud: wait for retryAfterMs, or lower maxConcurrency.',
  },
  OPENSTACK_UNAVAILABLE: {
    when: 'The status is 502, 503 or 504.',
    hint: 'The service, or one that it depends on, is not available: try again later.',
  },
  OPENSTACK_SERVER_ERROR: {
    when: 'The status is 500, or another 5xx that has no code of its own.',
    hint: 'The service failed: send the request id to the operator of the cloud.',
  },
  OPENSTACK_UNEXPECTED_STATUS: {
    when: 'The status is below 400 and is no success, such as a redirect.',
    hint: 'This does not look like the API: check the URL and the proxies before it.',
  },
  OPENSTACK_ANSWER_TOO_LONG: {
    when: 'The answer is longer than `limits.answerBytes`, packed or unpacked.',
    hint: 'This does not look like the API: check the URL. If the answer is right, raise limits.answerBytes or lower limits.pageSize.',
  },
  OPENSTACK_ENDLESS_LIST: {
    when: 'A list repeats a page, or exceeds `limits.pages`, `items`, `listLength` or `listMs`.',
    hint: 'This does not look like the API: check the URL. If the list is right, filter it or raise the limit.',
  },
  OPENSTACK_UNEXPECTED_BODY: {
    when: 'The status is a success, but the body is not what the API specifies.',
    hint: 'This does not look like the API: check the URL and the proxies before it.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** No answer came: `OpenStackConnectionError`. */
export const connectionErrors = {
  OPENSTACK_UNREACHABLE: {
    when: 'No connection could be opened: refused, no route, unknown host name, or too slow.',
    hint: 'Nothing was sent: check the URL, name resolution, routes and whether the service runs.',
  },
  OPENSTACK_TLS: {
    when: 'The TLS handshake failed.',
    hint: "The server's certificate is not trusted: set cacert (OS_CACERT) to the file of its authority.",
  },
  OPENSTACK_CONNECTION_LOST: {
    when: 'The connection broke after at least a part of the call was sent.',
    hint: 'The service may have carried out the call: check before you repeat it.',
  },
  OPENSTACK_TIMEOUT: {
    when: 'No answer came within `timeoutMs`.',
    hint: 'The service did not answer in time; outcome says whether it may have carried out the call.',
  },
  OPENSTACK_CLOSED: {
    when: '`close()` was called.',
    hint: 'The session was closed before or during the call: open a new one.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** The token or its catalog does not lead to the service: `OpenStackCatalogError`. */
export const catalogErrors = {
  OPENSTACK_UNSCOPED_TOKEN: {
    when: 'The token has no catalog.',
    hint: 'The token belongs to no project: name a project, or use a token that is scoped to one.',
  },
  OPENSTACK_NO_TOKEN: {
    when: 'The program asks for a token, and the auth type is `none`.',
    hint: 'This cloud has no Keystone: what needs a token needs another cloud of clouds.yaml.',
  },
  OPENSTACK_OTHER_PROJECT: {
    when: 'The credential was replaced by one of another project.',
    hint: 'Use a credential of the same project, or start the program again.',
  },
  OPENSTACK_NO_ENDPOINT: {
    when: 'The catalog does not have the service in this region and with this interface.',
    hint: 'Check region and interface; the message lists what the catalog has.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** The configuration cannot be used: `CloudConfigError`. */
export const configErrors = {
  CLOUD_NOT_FOUND: {
    when: 'No clouds.yaml has the named cloud, or several clouds are configured and none is named.',
    hint: 'Name a cloud that is in a clouds.yaml, by OS_CLOUD or the cloud option.',
  },
  CLOUD_FILE_UNREADABLE: {
    when: 'A token file or CA file cannot be read, or clouds.yaml is a directory.',
    hint: 'Check that the file exists and that this user may read it.',
  },
  CLOUD_FILE_INVALID: {
    when: 'clouds.yaml or secure.yaml is not a YAML mapping, or a certificate is not PEM or does not belong to its key.',
    hint: 'Correct the file; the documentation of openstacksdk describes the form of clouds.yaml.',
  },
  CLOUD_FILE_UNTRUSTED: {
    when: 'Someone else can change the file that is needed, or it is in the working directory and needs a secret from elsewhere.',
    hint: 'Let only root, or the user of this program, own and write the file and the directories above it: `chown root FILE; chmod 600 FILE`. A command can use a file of the working directory if you name it: OS_CLIENT_CONFIG_FILE=./clouds.yaml.',
  },
  CLOUD_NO_AUTH_URL: {
    when: "Keystone's URL is missing.",
    hint: "Set Keystone's URL by OS_AUTH_URL, or auth_url in clouds.yaml.",
  },
  CLOUD_AUTH_TYPE: {
    when: 'The auth_type is one that this client does not support, such as a login by a browser.',
    hint: 'Use an application credential (`openstack application credential create NAME`, auth_type v3applicationcredential), or log in with another client and set OS_TOKEN: `openstack token issue -f value -c id`.',
  },
  CLOUD_FIELD_MISSING: {
    when: 'A field of the credentials is missing.',
    hint: 'Add the field to the cloud in clouds.yaml or secure.yaml, or set the OS_* variable of that name.',
  },
  CLOUD_NO_CREDENTIALS: {
    when: 'No cloud is configured, or a token is empty.',
    hint: 'Provide a clouds.yaml with OS_CLOUD, OS_* variables, OS_TOKEN, or an application credential.',
  },
  CLOUD_BAD_VALUE: {
    when: 'A setting has a value that is not allowed.',
    hint: 'Correct it where it is set: in clouds.yaml, or in the OS_* variable of the same name.',
  },
} as const satisfies Record<string, ErrorEntry>;

/**
 * The codes of this package with cause and hint. `npm run docs:errors` writes docs/errors.md from these
 * tables.
 */
export const errorTable = {
  ...answerErrors,
  ...connectionErrors,
  ...catalogErrors,
  ...configErrors,
} as const;

/** Stable code of an error of this package. */
export type OpenStackErrorCode = keyof typeof errorTable;
