// SPDX-License-Identifier: MIT
// The fake server as a program: prints its connection string, and serves until its input ends.
#include "engines/eventstoredb/fake_server.hpp"

#include <cstdio>

int main() {
    const fake_esdb::Server server({.authentication = true});
    std::printf("esdb://admin:changeit@127.0.0.1:%u?tls=false\n", unsigned{server.port()});
    std::fflush(stdout);
    while (std::getchar() != EOF)
        ;
    return 0;
}
