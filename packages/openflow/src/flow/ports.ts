/** Reserved port numbers (OpenFlow 1.4 §7.2.1) for {@link OutputAction} and for a match on `inPort`. */
export const Port = {
  /** Back out of the port where the frame came in; a switch drops it there otherwise. */
  inPort: 0xfffffff8,
  /** Into the tables again; only for packets that a controller sends. */
  table: 0xfffffff9,
  /** The switch's own forwarding: VLANs and learned MAC addresses. */
  normal: 0xfffffffa,
  flood: 0xfffffffb,
  all: 0xfffffffc,
  controller: 0xfffffffd,
  /** The bridge's own interface. */
  local: 0xfffffffe,
  /** In filters: any port. */
  any: 0xffffffff,
} as const;
