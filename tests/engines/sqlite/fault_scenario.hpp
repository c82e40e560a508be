// SPDX-License-Identifier: MIT
// A life of a store in which one call to the disk fails.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_FAULT_SCENARIO_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_FAULT_SCENARIO_HPP

#include "engines/sqlite/fault_plan.hpp"
#include "engines/sqlite/ledger.hpp"
#include "engines/sqlite/support.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sqlite_tests {

/// Appends of every kind, with checkpoints in between, closed and opened again. After each error it
/// looks whether the error told the truth, and tries again as a caller would.
class FaultScenario {
public:
    FaultScenario(const Folder& folder, const es::SqliteOptions& options, FaultPlan& plan)
        : path_(folder / "combat.db"),
          image_(folder / "image.db"),
          options_(options),
          plan_(plan) {}

    /// Goes on to its end, or to where everything fails. What is wrong, or nothing.
    std::string run() {
        play();
        store_.reset();
        return complaint_;
    }

    /// Whether what was acknowledged was not there when it was resumed.
    [[nodiscard]] bool has_lost() const { return has_lost_; }

    /// After everything has failed and been put right: what is there is what may be, and all that
    /// was asked for is done in the end, once. What is wrong, or nothing.
    std::string resume(Promise promise) {
        complaint_.clear();
        store_.reset();
        es::SqliteStore* const store = opened();
        if (!store)
            return complaint_;
        complain(ledger_.complaint(*store, promise));
        has_lost_ = ledger_.forget_what_is_lost(*store) > 0;
        for (SentBatch& batch : ledger_.batches())
            if (complaint_.empty() && !refused_.contains(&batch))
                send(batch);
        if (complaint_.empty())
            look_at(*store);
        store_.reset();
        return complaint_;
    }

private:
    void play() {
        using es::ExpectedRevision;
        const es::AppendCondition no_giant{{.items = {{.tags = {"entity:giant"}}}}, {}};
        const es::AppendCondition no_ogre{
            {.items = {{.types = {"combat.entity_attacked"}, .tags = {"entity:ogre"}}}}, {}};
        auto& first = done("combat-ogre", ExpectedRevision::no_stream(), 3, "first",
                           {"entity:ogre", "kind:monster"});
        done("combat-troll", std::nullopt, 1, std::string(10'000, 'x'), {});
        done("combat-ogre", ExpectedRevision::exactly(es::Revision{2}), 2, "no giant yet",
             {"entity:ogre"}, no_giant);
        refused(es::errc::condition_failed, "combat-elf", no_ogre);
        refused(es::errc::conflict, "combat-ogre", {});
        send(first); // a retry of what is there
        for (int i = 0; i < 5; ++i) {
            const std::string name = std::to_string(i);
            done("combat-orc" + name, ExpectedRevision::no_stream(), 2,
                 std::string(1'000, 'o') + name, {"entity:orc" + name, "kind:monster"});
        }
        store_.reset(); // the last one, so the log is copied and removed
        done("combat-ogre", ExpectedRevision::exactly(es::Revision{4}), 1, "opened again", {});
        auto& last = done("combat-troll", std::nullopt, 4, "four at once", {"kind:monster"});
        send(last);
        if (auto* store = opened(); store && complaint_.empty())
            look_at(*store);
    }

    SentBatch& done(std::string_view stream, std::optional<es::ExpectedRevision> expected,
                    std::size_t size, const std::string& text, std::vector<std::string> tags,
                    const es::AppendCondition& condition = {}) {
        SentBatch& batch = ledger_.add(stream, expected, size, text, std::move(tags), condition);
        send(batch);
        return batch;
    }

    /// Tries until it is done; one fault can't keep it from being done for long.
    void send(SentBatch& batch) {
        const auto answered = attempt([&](es::SqliteStore& store) { return batch.send(store); });
        if (answered && !*answered)
            complain("an append fails again and again: " + answered->error().message());
    }

    void refused(es::errc why, std::string_view stream, const es::AppendCondition& condition) {
        SentBatch& batch = ledger_.add(stream, es::ExpectedRevision::no_stream(), 1, "refused",
                                       std::vector<std::string>{"entity:new"}, condition);
        refused_.insert(&batch);
        const auto answered = attempt([&](es::SqliteStore& store) -> es::Result<es::Receipt> {
            auto sent = batch.send(store);
            if (sent)
                complain("an append was done that had to be refused");
            if (!sent && sent.error() == why)
                return es::Receipt{};
            return sent;
        });
        if (answered && !*answered)
            complain("an append was not refused as it should be: " + answered->error().message());
    }

    template <class F>
    std::optional<es::Result<es::Receipt>> attempt(F&& f) {
        std::optional<es::Result<es::Receipt>> answer;
        for (int tries = 0; tries < 4; ++tries) {
            es::SqliteStore* const store = opened();
            if (!store)
                return {};
            answer = f(*store);
            if (plan_.dead() || !complaint_.empty())
                return {};
            if (*answer)
                return answer;
            const es::Error& error = answer->error();
            if (!plan_.struck())
                complain("an append fails without a fault: " + error.message());
            const bool is_over = error == es::errc::unknown_outcome || error == es::errc::failed;
            if (!is_over && error != es::errc::unavailable)
                complain("an error of an unexpected kind: " + error.message());
            if (is_over == store->read_all().has_value())
                complain("the store is not usable when it should be, or the other way round");
            look_at_image();
            if (is_over)
                store_.reset();
        }
        return answer;
    }

    /// The store, opened where it is not.
    es::SqliteStore* opened() {
        for (int tries = 0; !store_ && tries < 3 && complaint_.empty() && !plan_.dead(); ++tries) {
            auto store = es::SqliteStore::open(path_, options_);
            if (store)
                store_ = *store;
            else if (plan_.dead())
                break;
            else if (!plan_.struck() || tries == 2 || store.error() != es::errc::unavailable)
                complain("it can't be opened: " + store.error().message());
            else
                look_at_image();
        }
        return store_ && !plan_.dead() ? &*store_ : nullptr;
    }

    /// The files as they are now, as if the process had come to its end.
    void look_at_image() {
        for (const char* suffix : {"", "-wal", "-journal"}) {
            std::filesystem::remove(image_ + suffix);
            std::error_code none;
            std::filesystem::copy_file(path_ + suffix, image_ + suffix, none);
        }
        auto image = es::SqliteStore::open(image_, options_);
        if (!image)
            return complain("the image can't be opened: " + image.error().message());
        look_at(*image);
        image->close();
    }
    void look_at(const es::SqliteStore& store) {
        const bool struck = plan_.struck();
        auto complaint = ledger_.complaint(store, Promise::all_acknowledged);
        if (!complaint.empty() && !struck && plan_.struck()) // it is the looking that failed
            complaint = ledger_.complaint(store, Promise::all_acknowledged);
        if (!complaint.empty())
            complain(complaint);
    }
    void complain(const std::string& what) {
        if (complaint_.empty())
            complaint_ = what;
    }

    std::string path_;
    std::string image_;
    es::SqliteOptions options_;
    FaultPlan& plan_;
    Ledger ledger_;
    std::set<const SentBatch*> refused_;
    std::optional<es::SqliteStore> store_;
    std::string complaint_;
    bool has_lost_ = false;
};

} // namespace sqlite_tests

#endif
