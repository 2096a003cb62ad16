// The library's dependency injection needs this polyfill before it.
import 'reflect-metadata';

export * from '@peculiar/x509';
