//! What kind of place a 充电站 is, for whom, and what parking there costs.

crate::words! {
    /// 站点类型: for whom it is.
    StationKind {
        Public = "public",
        Bus = "bus",
        Taxi = "taxi",
        Logistics = "logistics",
        Sanitation = "sanitation",
        /// 单位专用
        Staff = "staff",
        /// 个人
        Private = "private",
        Other = "other",
    }
    /// 建设场所: what it was built at.
    PlaceKind {
        Residential = "residential",
        PublicInstitution = "public_institution",
        Enterprise = "enterprise",
        Office = "office",
        IndustrialPark = "industrial_park",
        TransportHub = "transport_hub",
        SportsCulture = "sports_culture",
        GreenSpace = "green_space",
        BuildingParking = "building_parking",
        Roadside = "roadside",
        MotorwayService = "motorway_service",
        Other = "other",
    }
    /// 停车收费类型; the words for drivers are beside it.
    ParkingFee {
        Paid = "paid",
        Free = "free",
        /// 限时免费
        FreeFirst = "free_first",
        /// 充电限免
        FreeCharging = "free_charging",
    }
    /// 服务车型
    CarKind {
        Passenger = "passenger",
        Taxi = "taxi",
        Bus = "bus",
        Van = "van",
        Truck = "truck",
        Sanitation = "sanitation",
    }
}
