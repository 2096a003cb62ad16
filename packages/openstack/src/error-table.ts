/**
 * The codes of this package, each with the hint that its errors carry. docs/errors.md lists them for people; a test
 * holds the two together.
 */
export const errorTable = {
  // Answers of a service, by status.
  OPENSTACK_BAD_REQUEST: 'The service does not accept the request: see its message.',
  OPENSTACK_UNAUTHORIZED:
    'The credentials are wrong, or the token is expired or revoked: get new ones and try again.',
  OPENSTACK_FORBIDDEN: "The cloud's policy does not allow this to the user's roles in this project.",
  OPENSTACK_NOT_FOUND: 'It does not exist, or it belongs to another project: list what this project has.',
  OPENSTACK_CONFLICT: 'The present state of the resource does not allow this: see the type of the error.',
  OPENSTACK_OVER_QUOTA: "The project's quota is used up: delete something or ask for a higher quota.",
  OPENSTACK_PRECONDITION_FAILED: 'The resource was changed in the meantime: read it again and repeat.',
  OPENSTACK_RATE_LIMITED:
    'Too many requests for this cloud: wait as long as it asks, or lower maxConcurrency.',
  OPENSTACK_UNAVAILABLE: 'The service, or one that it needs, is not available: try again later.',
  OPENSTACK_SERVER_ERROR: 'The service failed: give the request id to the operator of the cloud.',
  OPENSTACK_UNEXPECTED_STATUS:
    'The URL answers something else than the API: check the URL and proxies before it.',
  OPENSTACK_UNEXPECTED_BODY:
    'The URL answers something else than the API: check the URL and proxies before it.',
  // The way to a service.
  OPENSTACK_UNREACHABLE:
    'Nothing was sent: check the URL, name resolution, routes and whether the service runs.',
  OPENSTACK_TLS: "The server's certificate is not trusted: give its authority's file as cacert (OS_CACERT).",
  OPENSTACK_CONNECTION_LOST: 'It is not known whether the call was carried out: look before repeating it.',
  OPENSTACK_TIMEOUT:
    'The service did not answer in time; the outcome says whether the call may have been carried out.',
  OPENSTACK_CLOSED: 'The session was closed before or during the call: open a new one.',
  // What the credentials give.
  OPENSTACK_UNSCOPED_TOKEN: 'The token belongs to no project: give a project, or a token scoped to one.',
  OPENSTACK_NO_ENDPOINT: 'Check region and interface; the message lists what the catalog has.',
  // Configuration.
  CLOUD_NOT_FOUND: 'Name a cloud that is in a clouds.yaml, by OS_CLOUD or the cloud option.',
  CLOUD_FILE_UNREADABLE: 'Check that the file exists and that this user may read it.',
  CLOUD_FILE_INVALID: 'Correct the file; the documentation of openstacksdk describes its form.',
  CLOUD_NO_AUTH_URL: "Give Keystone's URL by OS_AUTH_URL, or auth_url in clouds.yaml.",
  CLOUD_NO_CREDENTIALS:
    'Give a clouds.yaml with OS_CLOUD, or OS_* variables, or OS_TOKEN, or an application credential.',
  CLOUD_BAD_VALUE: 'Correct the value.',
} as const;

/** Stable code of an error of this package. */
export type OpenStackErrorCode = keyof typeof errorTable;
