/**
 * An OpenFlow 1.4 client for the flow tables of an Open vSwitch bridge, without spawning ovs-ofctl(8).
 *
 * @packageDocumentation
 */
export { connect } from './connection/connect.ts';
export type { ConnectOptions, OpenFlow, WatchFilter } from './connection/openflow.ts';
export type { OpenFlowErrorCode } from './error-table.ts';
export { isOpenFlowError, OpenFlowError, OpenFlowRefusal } from './errors.ts';
export type {
  Action,
  OtherAction,
  OutputAction,
  PopVlanAction,
  PushVlanAction,
  SetFieldAction,
} from './flow/action.ts';
export type { Flow, FlowChange, FlowFilter, FlowKey, FlowStats, Masked64 } from './flow/flow.ts';
export type { FlowUpdate } from './flow/flow-monitor.ts';
export { type Instructions, wholeMetadata } from './flow/instructions.ts';
export { Port } from './flow/ports.ts';
export type { FieldName, ValueOf } from './match/fields.ts';
export type { Masked, Match, OtherField } from './match/match.ts';
