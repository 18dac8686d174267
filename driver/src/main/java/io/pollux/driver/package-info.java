/** JDBC in, captured transactions out: the {@code jdbc:pollux:} driver. */
package io.pollux.driver;
