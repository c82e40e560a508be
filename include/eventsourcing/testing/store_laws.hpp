// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_STORE_LAWS_HPP
#define EVENTSOURCING_TESTING_STORE_LAWS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/testing/law_report.hpp>
#include <eventsourcing/testing/laws/court.hpp>
#include <eventsourcing/testing/laws/keeper.hpp>
#include <eventsourcing/testing/laws/keeping_laws.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace eventsourcing {

namespace detail::laws {

template <class T>
struct StoreIn {
    using Type = T;
};
template <class T>
struct StoreIn<Result<T>> {
    using Type = T;
};

template <class Make>
class KeeperMakerOf final : public KeeperMaker {
public:
    using Store = typename StoreIn<std::invoke_result_t<Make&>>::Type;
    using Kept = KeeperOf<Store>;

    explicit KeeperMakerOf(Make& make_store) : make_(make_store) {}

    Result<std::unique_ptr<Keeper>> make() override { return erased(make_()); }
    Result<std::unique_ptr<Keeper>> reopen() override {
        if constexpr (can_reopen)
            return erased(make_.reopen());
        else
            return errc::unsupported;
    }
    [[nodiscard]] Terms terms() const override {
        return {.keeps_progress = Kept::keeps_progress,
                .keeps_snapshots = Kept::keeps_snapshots,
                .can_reopen = can_reopen,
                .can_close = Kept::can_close};
    }

private:
    static constexpr bool can_reopen = requires(Make& make) { make.reopen(); };

    static Result<std::unique_ptr<Keeper>> erased(Result<Store> store) {
        if (!store)
            return std::move(store).error();
        return std::unique_ptr<Keeper>(std::make_unique<Kept>(*std::move(store)));
    }

    Make& make_;
};

template <class Make>
class MakerOf final : public StoreMaker {
public:
    using Store = typename StoreIn<std::invoke_result_t<Make&>>::Type;
    static_assert(EventStore<Store>);

    explicit MakerOf(Make& make_store) : make_(make_store), keepers_(make_store) {}

    Result<LawStore> make() override { return erased(make_()); }
    Result<LawStore> reopen() override {
        if constexpr (requires { make_.reopen(); })
            return erased(make_.reopen());
        else
            return errc::unsupported;
    }
    [[nodiscard]] bool can_reopen() const override {
        return requires { make_.reopen(); };
    }
    [[nodiscard]] bool can_close() const override {
        return requires(Store& store) { store.close(); };
    }
    KeeperMaker* keepers() override { return keeps_any ? &keepers_ : nullptr; }

private:
    static constexpr bool keeps_any =
        KeeperOf<Store>::keeps_progress || KeeperOf<Store>::keeps_snapshots;

    static Result<LawStore> erased(Result<Store> store) {
        if (!store)
            return std::move(store).error();
        return LawStore::of(*std::move(store));
    }

    Make& make_;
    KeeperMakerOf<Make> keepers_;
};

} // namespace detail::laws

/// Checks a store against the laws of the store contract that its capabilities promise.
///
/// `make_store()` returns a new, empty store, or a `Result` of one; it is called once for each law.
/// If it also has `reopen()`, which opens its last store once more, durability is checked too.
/// The laws of `ProgressStore` and `SnapshotStore` are checked where its type has their functions.
/// Takes a few seconds and several threads.
///
///     CHECK(es::check_store_laws([] { return es::MemoryStore{}; }));
template <class Make>
[[nodiscard]] LawReport check_store_laws(Make&& make_store, const LawOptions& options = {}) {
    detail::laws::MakerOf<std::remove_reference_t<Make>> maker(make_store);
    return detail::laws::try_all_laws(maker, options,
                                      detail::type_name<typename decltype(maker)::Store>());
}

/// Checks a store of progress, snapshots or both against their laws, also one that keeps no events:
/// a store beside. `make_store` is as for `check_store_laws`.
template <class Make>
[[nodiscard]] LawReport check_keeping_laws(Make&& make_store) {
    using Maker = detail::laws::KeeperMakerOf<std::remove_reference_t<Make>>;
    static_assert(Maker::Kept::keeps_progress || Maker::Kept::keeps_snapshots,
                  "es: check_keeping_laws needs a ProgressStore or a SnapshotStore "
                  "(store/progress_store.hpp, store/snapshot_store.hpp)");
    Maker maker(make_store);
    LawReport report(detail::type_name<typename Maker::Store>());
    detail::laws::KeepingCourt(maker, report).try_all();
    return report;
}

} // namespace eventsourcing

#endif
