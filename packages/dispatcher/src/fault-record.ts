import { type ErrorRecord, RenderError } from '@renderq/core';

/** The error object for anything thrown. What nobody foresaw becomes INTERNAL without its text, which may hold anything. */
export const faultRecord = (fault: unknown): ErrorRecord =>
  RenderError.isInstance(fault)
    ? fault.record
    : new RenderError({ code: 'INTERNAL', message: 'An unexpected fault ended the work on this job.' }).record;
