/** Application memory: publish, hold until its position is applied, hand over. */
package io.pollux.runtime;
