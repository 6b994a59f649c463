/** The package has types, but does not say where. */
declare module 'asl-validator' {
  export default function validate(definition: object): { readonly isValid: boolean; readonly errors: unknown[] };
}
