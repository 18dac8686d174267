/** The chained, durable, auditable statement log. */
package io.pollux.log;
