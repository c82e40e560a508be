// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/eventstoredb/retries.hpp>

#include "catch.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <vector>

namespace {

namespace es = eventsourcing;
using namespace std::chrono_literals;
using es::detail::eventstoredb::EitherStop;
using es::detail::eventstoredb::Retries;

/// Writes down how long it was to sleep, and does not.
class Sleepless : public es::EnvironmentSource {
public:
    explicit Sleepless(double jitter) : jitter_(jitter) {}

    es::Timestamp now() override { return {}; }
    es::Uuid new_id() override { return {}; }
    bool sleep(std::chrono::nanoseconds duration, const std::stop_token& stop) override {
        slept.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
        return !stop.stop_requested();
    }
    double jitter() override { return jitter_; }
    std::chrono::steady_clock::time_point steady_now() noexcept override { return {}; }
    void watch(es::TimeWatcher&) override {}
    void unwatch(es::TimeWatcher&) noexcept override {}

    std::vector<std::chrono::milliseconds> slept;

private:
    double jitter_;
};

} // namespace

TEST_CASE("Attempts are twelve, each twice as late as the one before, up to a second") {
    const auto least = std::make_shared<Sleepless>(0.0);
    const auto most = std::make_shared<Sleepless>(1.0);
    for (const auto& source : {least, most}) {
        Retries retries(Retries::Clock::time_point::max(), 12, es::Environment(source));
        int attempts = 1;
        while (retries.wait({}, {}))
            ++attempts;
        CHECK(attempts == 12);
        CHECK(retries.exhausted());
    }
    CHECK(least->slept == std::vector<std::chrono::milliseconds>{5ms, 10ms, 20ms, 40ms, 80ms, 160ms,
                                                                 320ms, 500ms, 500ms, 500ms,
                                                                 500ms});
    CHECK(most->slept == std::vector<std::chrono::milliseconds>{10ms, 20ms, 40ms, 80ms, 160ms,
                                                                320ms, 640ms, 1s, 1s, 1s, 1s});
}

TEST_CASE("No attempt is waited for that would come too late, and none after a stop") {
    const auto source = std::make_shared<Sleepless>(0.0);
    const es::Environment environment(source);
    Retries late(environment.steady_now() + 1h, 12, environment);
    CHECK(late.wait(59min, {}));
    CHECK_FALSE(late.wait(61min, {}));
    CHECK_FALSE(late.exhausted());
    CHECK(source->slept == std::vector<std::chrono::milliseconds>{59min});

    for (const bool first : {true, false}) {
        std::stop_source one;
        std::stop_source other;
        const EitherStop either(one.get_token(), other.get_token());
        Retries stopped(Retries::Clock::time_point::max(), 12, environment);
        CHECK(stopped.wait({}, either.token()));
        (first ? one : other).request_stop();
        CHECK_FALSE(stopped.wait({}, either.token()));
    }
}
