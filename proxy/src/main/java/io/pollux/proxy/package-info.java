/** The process, the command line, the audit of the log. */
package io.pollux.proxy;
