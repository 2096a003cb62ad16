import { dirname } from 'node:path';

/**
 * The directory in which ovs-vswitchd creates its sockets, where ovsdb-server has that of the database, too
 * (ovs-vswitchd(8)).
 * @param remote the remote of the Open_vSwitch database, such as `unix:/run/openvswitch/db.sock`
 */
export function runDirectory(remote: string): string {
  return remote.startsWith('unix:') ? dirname(remote.slice('unix:'.length)) : '/run/openvswitch';
}
