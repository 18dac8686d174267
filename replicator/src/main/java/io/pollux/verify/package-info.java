/** Whether both nodes are still equal, and making them so: sweep, findings, repair. */
package io.pollux.verify;
