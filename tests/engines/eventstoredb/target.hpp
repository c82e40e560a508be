// SPDX-License-Identifier: MIT
// The server that tests run against: the one that EVENTSOURCING_TEST_ESDB names by a connection
// string, or a fake one.
#ifndef EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_TARGET_HPP
#define EVENTSOURCING_TESTS_ENGINES_EVENTSTOREDB_TARGET_HPP

#include "engines/eventstoredb/fake_server.hpp"
#include "engines/eventstoredb/scoped_store.hpp"

#include <eventsourcing/engines/eventstoredb.hpp>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace esdb_tests {

using Store = ScopedStore<es::EventStoreDb>;

inline std::string connection_string(const fake_esdb::Server& fake) {
    return "esdb://admin:changeit@127.0.0.1:" + std::to_string(fake.port()) + "?tls=false";
}

class Target {
public:
    Target() {
        if (const char* const named = std::getenv("EVENTSOURCING_TEST_ESDB"); named && *named)
            connection_ = named;
        else
            connection_ = connection_string(fake_.emplace());
    }

    [[nodiscard]] const std::string& connection() const { return connection_; }
    [[nodiscard]] bool is_fake() const { return fake_.has_value(); }

    /// A store that nobody has written to.
    [[nodiscard]] es::Result<Store> operator()() {
        auto store = es::EventStoreDb::open(connection_);
        if (!store)
            return std::move(store).error();
        auto made = scoped(*std::move(store));
        if (made)
            last_ = *made;
        return made;
    }
    /// The last one once more, through other connections.
    [[nodiscard]] es::Result<Store> reopen() {
        auto store = es::EventStoreDb::open(connection_);
        if (!store)
            return std::move(store).error();
        last_->inside() = *std::move(store);
        return *last_;
    }

private:
    std::optional<fake_esdb::Server> fake_;
    std::string connection_;
    std::optional<Store> last_;
};

} // namespace esdb_tests

#endif
